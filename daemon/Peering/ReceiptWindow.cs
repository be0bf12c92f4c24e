using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Peering;

/// <summary>A quarter of an hour of a router's books (ms, the end not included) and the Merkle root of their records, in hex (DECISIONS E14).</summary>
internal sealed record ReceiptWindow(long FromMs, long UntilMs, string Root)
{
    /// <summary>Under which it is announced.</summary>
    public string Id => ReceiptRules.Id(FromMs, UntilMs);
}
