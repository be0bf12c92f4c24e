namespace FedAi.Daemon.Capability;

/// <summary>How fast a model answered behind a prompt of so many tokens: time to the first token in µs, and thousandths of a token per second after it.</summary>
internal sealed record ModelSpeed(int PromptTokens, long FirstTokenMicroseconds, long MilliTokensPerSecond, int SpreadPermille);
