namespace FedAi.TestKit;

/// <summary>What one run of a command gave.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);
