namespace FedAi.Protocol.Messages;

/// <summary>
/// Why something was not done, as a value (ARCHITECTURE D14): the code, a sentence that names the next step, and the
/// shape problems where there are any; beside <c>seal-key-expired</c> the node's new key,
/// beside <c>model-loading</c> how far it is. Never contains a prompt, an output or a key.
/// </summary>
public sealed record Refusal(ErrorCode Code, string? Hint = null, IReadOnlyList<string>? Details = null, int? RetryAfterSeconds = null, NodeSealKey? Node = null, LoadProgress? Loading = null);
