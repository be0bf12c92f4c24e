using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>What became of checking a proof: the record and the node that signed it, where they could be read, and everything that is wrong, one sentence each.</summary>
public sealed record ProofReport(MeteringRecord? Record, PublicKey? Node, IReadOnlyList<string> Problems)
{
    /// <summary>What a router says of the record, if that stands beside it.</summary>
    public ReceiptProof? Receipt { get; init; }

    public bool IsValid => Problems.Count == 0;
}
