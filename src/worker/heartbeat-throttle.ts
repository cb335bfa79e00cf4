/**
 * A cancellation reaches an activity with the response to a heartbeat. The SDK's own limit is 80 % of the heartbeat timeout:
 * 48 s while a job is awaited, too long for an abort.
 */
export const maxHeartbeatThrottleInterval = '14 seconds';
