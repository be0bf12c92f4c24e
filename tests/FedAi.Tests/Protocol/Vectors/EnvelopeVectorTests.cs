using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

public sealed class EnvelopeVectorTests
{
    [Fact]
    public void Envelope_EveryVector_VerifiesOverItsCanonicalForm()
    {
        foreach (var (name, vector) in VectorFiles.Section("envelopes"))
        {
            var envelope = Open(vector.GetProperty("wire"), name);
            var digest = new byte[32];
            envelope.Digest(digest);

            Convert.ToHexStringLower(digest).ShouldBe(vector.GetProperty("sha256").GetString(), name);
            envelope.Key.Npub.ShouldBe(vector.GetProperty("keyId").GetString(), name);
            envelope.VerifySignature().ShouldBe(vector.GetProperty("verify").GetBoolean(), name);
            Hashes.Sha256(vector.GetProperty("canonical").GetString()!).ShouldBe(Convert.ToHexStringLower(digest), name);
        }
    }

    [Fact]
    public void EnvelopeSealer_WithZeroAux_GivesTheVectorsSignature()
    {
        foreach (var (name, vector) in VectorFiles.Section("envelopes"))
        {
            var envelope = Open(vector.GetProperty("wire"), name);
            KeyPair.TryParse(vector.GetProperty("privateKey").GetString(), out var key).ShouldBeTrue(name);

            // The wire text keeps what typed reading would lose: a nonce or payload with lone surrogates.
            using var wire = JsonDocument.Parse(vector.GetProperty("wire").GetString()!);
            var payload = CanonicalJson.Of(Encoding.UTF8.GetBytes(wire.RootElement.GetProperty("payload").GetRawText()))!;
            var nonce = wire.RootElement.GetProperty("nonce").GetRawText();
            var made = EnvelopeSealer.Seal(payload, key!, envelope.Ts, JsonString.Decode(Encoding.UTF8.GetBytes(nonce[1..^1])), static (pair, digest) => pair.Sign(digest, new byte[32]));

            Open(made, name).VerifySignature().ShouldBeTrue(name);
            JsonDocument.Parse(made).RootElement.GetProperty("sig").GetString().ShouldBe(vector.GetProperty("sigAuxZero").GetString(), name);
        }
    }

    [Fact]
    public void Envelope_TamperedOrWrongKey_DoesNotVerify()
    {
        foreach (var (name, vector) in VectorFiles.Section("envelopes"))
        {
            foreach (var tampered in vector.GetProperty("tampered").EnumerateArray())
            {
                var valid = EnvelopeSealer.TryOpen(Bytes(tampered.GetProperty("wire")), out var envelope, out _) && envelope.VerifySignature();
                valid.ShouldBeFalse($"{name} {tampered.GetProperty("name")}");
            }

            var digest = new byte[32];
            var genuine = Open(vector.GetProperty("wire"), name);
            genuine.Digest(digest);
            PublicKey.TryParse(vector.GetProperty("wrongKey").GetProperty("publicKey").GetString(), out var wrong).ShouldBeTrue(name);
            wrong!.Verify(digest, Convert.FromBase64String(vector.GetProperty("sig").GetString()!)).ShouldBeFalse(name);
        }
    }

    private static Envelope Open(JsonElement wire, string name) => Open(Bytes(wire), name);

    private static Envelope Open(byte[] wire, string name)
    {
        EnvelopeSealer.TryOpen(wire, out var envelope, out var refusal).ShouldBeTrue($"{name}: {refusal}");
        return envelope!;
    }

    private static byte[] Bytes(JsonElement text) => Encoding.UTF8.GetBytes(text.GetString()!);
}
