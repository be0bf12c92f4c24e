namespace FedAi.Runners.Sandbox;

/// <summary>The steps of the ladder on which a runner process is caged, weakest first; each host gets the highest that works there.</summary>
public enum IsolationLevel
{
    /// <summary>A plain child process.</summary>
    None,

    /// <summary>A plain child that limits itself: memory, files, system calls.</summary>
    Rlimits,

    /// <summary>As above, in a network namespace of its own.</summary>
    Unshare,

    /// <summary>As above, with Landlock: it opens no file except the listed ones, and has no privileges.</summary>
    Landlock,

    /// <summary>As above, in namespaces of its own where the other files and processes do not exist.</summary>
    Bubblewrap,
}
