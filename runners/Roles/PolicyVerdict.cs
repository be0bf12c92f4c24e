namespace FedAi.Runners.Roles;

/// <summary>Allow or deny, by which rule, and why in a sentence that quotes nothing.</summary>
internal sealed record PolicyVerdict(bool Allows, string Rule, string Reason, long? RetryAfterMs = null);
