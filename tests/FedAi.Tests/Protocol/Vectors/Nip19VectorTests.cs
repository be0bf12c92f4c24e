using FedAi.Protocol.Crypto;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

public sealed class Nip19VectorTests
{
    [Fact]
    public void Keys_EveryValidVector_RoundTrip()
    {
        foreach (var (name, vector) in VectorFiles.Section("nip19.valid"))
        {
            KeyPair.TryParse(vector.GetProperty("privateKey").GetString(), out var byHex).ShouldBeTrue(name);
            KeyPair.TryParse(vector.GetProperty("nsec").GetString(), out var byNsec).ShouldBeTrue(name);
            byHex!.PublicKey.Hex.ShouldBe(vector.GetProperty("publicKey").GetString(), name);
            byHex.PublicKey.Npub.ShouldBe(vector.GetProperty("npub").GetString(), name);
            byHex.ToNsec().ShouldBe(vector.GetProperty("nsec").GetString(), name);
            byNsec!.PublicKey.ShouldBe(byHex.PublicKey, name);
            PublicKey.TryParseNpub(byHex.PublicKey.Npub, out var read).ShouldBeTrue(name);
            read.ShouldBe(byHex.PublicKey, name);
        }
    }

    /// <summary>Upper case, prefixes, blanks, 31 and 33 bytes: existing software takes some of these, we take none (WIRE W-5, W-16).</summary>
    [Fact]
    public void PublicKey_OddText_IsNoNpub()
    {
        foreach (var (name, vector) in VectorFiles.Section("nip19.misc"))
        {
            var text = vector.GetProperty("input").GetString();
            PublicKey.TryParseNpub(text, out _).ShouldBeFalse($"{name}: {text}");
        }
    }
}
