namespace FedAi.Runners.Roles;

/// <summary>What is known of a subject at one moment: how long until it may ask again (0: now), and how often it sent this very text in the last minute.</summary>
internal readonly record struct PolicySight(long WaitMs, int SameText);
