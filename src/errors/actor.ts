/** Who can correct the cause of a fault of the platform; never a team. */
export type Actor = 'operator' | 'administrator of the AWS account' | 'administrator of Temporal';
