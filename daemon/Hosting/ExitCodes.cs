namespace FedAi.Daemon.Hosting;

/// <summary>What the process tells its caller (DECISIONS E19).</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The question was answered with no: an invalid proof, a refused request.</summary>
    public const int Negative = 1;

    /// <summary>The command line, the configuration or a file in the data folder must be changed first.</summary>
    public const int Usage = 2;

    /// <summary>A bug; the service manager restarts the daemon.</summary>
    public const int Bug = 70;

    /// <summary>Nothing is wrong here, but it does not work now: a port in use, a full disk, an unreachable peer.</summary>
    public const int TryAgain = 75;
}
