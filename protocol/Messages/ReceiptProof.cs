namespace FedAi.Protocol.Messages;

/// <summary>Signed by a router: the record of this request is one of the leaves under that root of its books (kind 30023).</summary>
public sealed record ReceiptProof
{
    public required string RequestId { get; init; }
    public required string RouterId { get; init; }

    /// <summary>As announced: <c>fromMs-untilMs</c>.</summary>
    public required string ReceiptId { get; init; }

    /// <summary>As announced: the root, in hex.</summary>
    public required string ReceiptHash { get; init; }

    /// <summary>The place of the record's hash among all of that time, sorted, and their number.</summary>
    public required double LeafIndex { get; init; }
    public required double LeafCount { get; init; }

    /// <summary>The hashes beside the way to the root, in hex, nearest first (RFC 6962, section 2.1.1).</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>The announcement itself, a Nostr event as JSON text, while the router still has it.</summary>
    public string? Event { get; init; }
}
