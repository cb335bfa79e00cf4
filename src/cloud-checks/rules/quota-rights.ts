/** What `doctor --aws` asks about the account's quotas; the actions know no resources. */
export const quotaCheckActions = ['servicequotas:GetServiceQuota', 'servicequotas:ListServiceQuotas'];
