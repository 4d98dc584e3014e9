/**
 * Which detections fire on the real records, and with how many alerts each: every one of them is a deed of the simulated attack.
 * https://github.com/invictus-ir/aws_dataset
 */
export const FIRED: Readonly<Record<string, number>> = {
  buckets_looked_through: 1,
  cloudtrail_narrowed: 1,
  cloudtrail_stopped: 1,
  log_group_deleted: 1,
  snapshot_shared_outside: 1,
  console_login_without_mfa: 1,
  denied_then_policy_changed: 1,
  roles_anywhere_anchor: 1,
  objects_expire_soon: 1,
};
