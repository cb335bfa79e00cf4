/** What `start` and `doctor --aws` ask IAM about the roles. */
export const roleCheckActions = ['iam:GetRole', 'iam:SimulatePrincipalPolicy'];

/** What `doctor --aws` asks about the account's quotas; the actions know no resources. */
export const quotaCheckActions = ['servicequotas:GetServiceQuota', 'servicequotas:ListServiceQuotas'];
