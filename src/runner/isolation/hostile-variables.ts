/** Variables of the drill's image that must not reach its container; their values are in no other variable. */
export const hostileVariables = {
  LD_PRELOAD: '/drill.so',
  AWS_SECRET_ACCESS_KEY: 'drill',
  HOLDOUT_HOME: 'drill',
  NVIDIA_VISIBLE_DEVICES: 'drill',
} as const;
