namespace FedAi.Daemon.Node;

/// <summary>How well the runner's process is caged, weakest first.</summary>
internal enum IsolationLevel { None, Rlimits, Unshare, Landlock, Bubblewrap }
