namespace FedAi.Daemon.Cli;

/// <summary>One line of <c>fedai doctor</c>: what was looked at, whether it is well, what was found, and what to do if that does not say it already.</summary>
internal sealed record Finding(string About, bool Ok, string Says, string? Next = null);
