import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** The Web UI's lists can be filtered by these. Ids only: search attributes are never encrypted. */
export const searchAttributes = {
  campaign: defineSearchAttributeKey('HoldoutCampaign', SearchAttributeType.KEYWORD),
  team: defineSearchAttributeKey('HoldoutTeam', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('HoldoutStage', SearchAttributeType.KEYWORD),
  class: defineSearchAttributeKey('HoldoutClass', SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey('HoldoutOutcome', SearchAttributeType.KEYWORD),
  runs: defineSearchAttributeKey('HoldoutRuns', SearchAttributeType.INT),
  costUsd: defineSearchAttributeKey('HoldoutCostUsd', SearchAttributeType.DOUBLE),
};
