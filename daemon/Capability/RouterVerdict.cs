namespace FedAi.Daemon.Capability;

/// <summary>Whether a machine may be a router. PASS means capable, and is no advice to run one.</summary>
internal sealed record RouterVerdict(string Verdict, string Statement, IReadOnlyList<string> Reasons, IReadOnlyList<string> Notes)
{
    public const string Pass = "PASS", Fail = "FAIL";
    public const string Capable = "This machine is capable of running a router.", ShouldNot = "This machine should not run a router.";
}
