namespace FedAi.Runners;

/// <summary>
/// A runner's state: its kind, whether it can answer, the process that runs the model, how many restarts there were,
/// the cage it runs in (<c>bubblewrap</c>, <c>landlock</c>, <c>unshare</c>, <c>rlimits</c>, <c>none</c>) and what that cage does <b>not</b> deny.
/// </summary>
public sealed record RunnerStatus(string Name, bool Ready, string? Detail, int? Pid, int Restarts, string Isolation, IReadOnlyList<string> NotDenied, int GpuLayers);
