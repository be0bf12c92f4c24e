using System.Globalization;
using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Protocol.Rules;

/// <summary>Whether a metering record is under a root that a router announced of its books (DECISIONS E14). Pure.</summary>
public static class ReceiptRules
{
    /// <summary>Hashes of a path at most: no books have more than 2^50 records.</summary>
    public const int MostHashes = 50;

    /// <summary>The leaf of a record: over the canonical form of its envelope, which everyone who holds it can make.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> envelope) => MerkleTree.Leaf(CanonicalJson.Of(envelope) ?? envelope);

    /// <summary>The name of a span of time, as announced.</summary>
    public static string Id(long fromMs, long untilMs) => string.Create(CultureInfo.InvariantCulture, $"{fromMs}-{untilMs}");

    /// <summary>Everything that is wrong with what a router says of this record, one sentence each.</summary>
    public static IReadOnlyList<string> Problems(ReceiptProof proof, PublicKey router, Envelope metering, MeteringRecord record)
    {
        var problems = new List<string>();
        if (proof.RouterId != router.Npub) problems.Add("receipt.payload.routerId: it is not the key that signed");
        if (proof.RequestId != record.RequestId) problems.Add($"receipt.payload.requestId: it is {proof.RequestId}, but the record's is {record.RequestId}");
        if (!Covers(proof.ReceiptId, record.Ts)) problems.Add($"receipt.payload.receiptId: the record's time is not within {proof.ReceiptId}");
        if (PathOf(proof) is not { } path || MerkleTree.RootOf(Leaf(metering.Wire.Span), path) is not { } root)
            problems.Add("receipt.payload.path: it is none that a tree of so many records has");
        else if (Convert.ToHexStringLower(root) != proof.ReceiptHash) problems.Add("receipt.payload.path: it does not lead from this record to receiptHash");
        if (proof.Event is { } announced && !IsAnnounced(announced, proof, router)) problems.Add("receipt.payload.event: it is no announcement by that router of this receiptHash");
        return problems;
    }

    private static bool Covers(string receiptId, double ts) =>
        receiptId.Split('-') is [var from, var until]
        && long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var fromMs) && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var untilMs)
        && ts >= fromMs && ts < untilMs;

    private static MerklePath? PathOf(ReceiptProof proof)
    {
        var hashes = new List<byte[]>();
        if (proof.Path.Count > MostHashes || !IsWhole(proof.LeafIndex) || !IsWhole(proof.LeafCount)) return null;
        foreach (var text in proof.Path)
        {
            if (!Hex32.TryParse(text, out var hash)) return null;
            hashes.Add(new byte[Hex32.Bytes]);
            hash.CopyTo(hashes[^1]);
        }

        return new MerklePath((long)proof.LeafIndex, (long)proof.LeafCount, hashes);
    }

    private static bool IsWhole(double number) => number is >= 0 and < 1L << MostHashes && number == Math.Floor(number);

    private static bool IsAnnounced(string text, ReceiptProof proof, PublicKey router) =>
        NostrEvent.TryParse(Encoding.UTF8.GetBytes(text), out var announced) && announced.Kind == FedAiKinds.ReceiptSummary && announced.Verify(router)
        && ControlEvents.TryParse(announced, out var message, out _) && message.Read(ProtocolJson.Default.ReceiptSummary) is { } summary
        && summary.ReceiptId == proof.ReceiptId && summary.ReceiptHash == proof.ReceiptHash && summary.RouterId == router.Npub;
}
