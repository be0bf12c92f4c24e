using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

public sealed class SignedDocumentVectorTests
{
    [Fact]
    public void ControlMessage_EveryVector_OpensAndTamperedDoesNot()
    {
        foreach (var (name, vector) in VectorFiles.Section("routerMessages"))
        {
            ControlMessages.TryOpen(Bytes(vector.GetProperty("wire")), out var message, out var router, out var refusal).ShouldBe(vector.GetProperty("verify").GetBoolean(), $"{name}: {refusal}");
            router!.Npub.ShouldBe(vector.GetProperty("routerId").GetString(), name);
            message!.MessageId.ShouldNotBeNull(name);
            Digest(vector.GetProperty("wire"), "sig").ShouldBe(vector.GetProperty("sha256").GetString(), name);
            ControlMessages.TryOpen(Bytes(vector.GetProperty("tampered").GetProperty("wire")), out _, out _, out _).ShouldBeFalse(name);
        }
    }

    [Fact]
    public void Receipt_EveryVector_VerifiesAndTamperedDoesNot()
    {
        foreach (var (name, vector) in VectorFiles.Section("receipts"))
        {
            Receipts.Verify(Bytes(vector.GetProperty("wire"))).ShouldBe(vector.GetProperty("verify").GetBoolean(), name);
            Digest(vector.GetProperty("wire"), "sig").ShouldBe(Hashes.Sha256(vector.GetProperty("canonical").GetString()!), name);
            Receipts.Verify(Bytes(vector.GetProperty("tampered").GetProperty("wire"))).ShouldBeFalse(name);
        }
    }

    [Fact]
    public void Manifest_EveryVector_VerifiesAndTamperedDoesNot()
    {
        foreach (var (name, vector) in VectorFiles.Section("manifests"))
        {
            PublicKey.TryParseNpub(vector.GetProperty("keyId").GetString(), out var key).ShouldBeTrue(name);
            Manifests.Hash(Bytes(vector.GetProperty("wire"))).ShouldBe(vector.GetProperty("manifestHash").GetString(), name);
            Manifests.Verify(Bytes(vector.GetProperty("wire")), key!).ShouldBe(vector.GetProperty("verify").GetBoolean(), name);
            foreach (var changed in new[] { "tampered", "signatureBlockChanged" })
            {
                var variant = vector.GetProperty(changed);
                Manifests.Verify(Bytes(variant.GetProperty("wire")), key!).ShouldBe(variant.GetProperty("verify").GetBoolean(), $"{name} {changed}");
            }
        }
    }

    /// <summary>Manifests that existing software wrote are read, but for those whose id is no key.</summary>
    [Fact]
    public void Manifest_OfExistingSoftware_IsRead()
    {
        var opened = 0;
        foreach (var (name, vector) in VectorFiles.Section("manifests"))
        {
            var wire = Bytes(vector.GetProperty("wire"));
            var isNode = Encoding.UTF8.GetString(wire).Contains("role_types", StringComparison.Ordinal);
            var refusal = isNode ? Manifests.Open(wire, ProtocolJson.Default.NodeManifest).Refusal : Manifests.Open(wire, ProtocolJson.Default.RouterManifest).Refusal;
            if (refusal is null) opened++;
            else refusal.Code.ShouldBe(ErrorCode.InvalidKeyId, name);
        }

        opened.ShouldBeGreaterThan(0);
    }

    private static string Digest(JsonElement wire, string member) => Convert.ToHexStringLower(SignedDocument.Digest(Bytes(wire), member)!);

    private static byte[] Bytes(JsonElement text) => Encoding.UTF8.GetBytes(text.GetString()!);
}
