/** What `start` and `doctor --aws` ask IAM about the roles. */
export const roleCheckActions = ['iam:GetRole', 'iam:SimulatePrincipalPolicy'];
