using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>Signs and checks router receipts (WIRE 3.1): the worker router's word on a federated job.</summary>
public static class Receipts
{
    /// <summary>Signs a receipt; its <c>sig</c> is filled in whatever it was. The bytes are canonical JSON.</summary>
    public static byte[] Sign(RouterReceipt receipt, KeyPair worker)
    {
        var digest = SignedDocument.Digest(JsonSerializer.SerializeToUtf8Bytes(receipt with { Sig = "" }, ProtocolJson.Default.RouterReceipt), "sig")!;
        return CanonicalJson.Of(JsonSerializer.SerializeToUtf8Bytes(receipt with { Sig = Convert.ToBase64String(worker.Sign(digest)) }, ProtocolJson.Default.RouterReceipt))!;
    }

    /// <summary>Whether the receipt has its shape and was signed by the router it names as worker, over the JSON as it arrived.</summary>
    public static bool Verify(ReadOnlySpan<byte> json)
    {
        if (CanonicalJson.Of(json) is not { } canonical) return false;
        using var document = CanonicalJson.ToDocument(canonical);
        if (JsonShape.Problems(document.RootElement, ProtocolJson.Default.RouterReceipt).Count > 0) return false;
        var receipt = document.RootElement.Deserialize(ProtocolJson.Default.RouterReceipt)!;
        return PublicKey.TryParseNpub(receipt.WorkerRouterId, out var worker)
            && SignedDocument.Verify(worker, SignedDocument.Digest(canonical, "sig"), receipt.Sig);
    }
}
