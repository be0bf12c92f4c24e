namespace FedAi.Daemon.Accounts;

/// <summary>What a key may still do: requests at once and tokens of its quota, how much of both is left, and when they are whole again. Tokens are null without a quota.</summary>
internal readonly record struct ApiAllowance(long Requests, long RequestsLeft, TimeSpan RequestsReset, long? Tokens, long? TokensLeft, TimeSpan? TokensReset);
