using System.Security.Cryptography;
using FedAi.Protocol.Crypto;

namespace FedAi.Tests.Protocol.Crypto;

public sealed class KeyTests
{
    private static readonly byte[] Digest = SHA256.HashData("signed"u8);

    [Fact]
    public void Sign_ManyKeys_VerifiesWithItsOwnKeyOnly()
    {
        using var other = KeyPair.Generate();
        for (var i = 0; i < 200; i++)
        {
            using var key = KeyPair.Generate();
            var signature = key.Sign(Digest);
            key.PublicKey.Verify(Digest, signature).ShouldBeTrue();
            Schnorr.Verify(signature, Digest, key.PublicKey.Bytes).ShouldBeTrue();
            other.PublicKey.Verify(Digest, signature).ShouldBeFalse();
        }
    }

    [Fact]
    public void ToNsec_GivesTheSecretThatWasRead()
    {
        var secret = SHA256.HashData("a secret"u8);
        KeyPair.TryCreate(secret, out var key).ShouldBeTrue();
        key!.ToNsec().ShouldBe(Bech32.Encode("nsec", secret));
        KeyPair.TryParse(key.ToNsec(), out var again).ShouldBeTrue();
        again!.PublicKey.ShouldBe(key.PublicKey);
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("01")]
    public void TryParse_SecretOutsideTheGroup_IsRefused(string hex) => KeyPair.TryParse(hex, out _).ShouldBeFalse();

    [Fact]
    public void Dispose_WipesTheSecret()
    {
        var key = KeyPair.Generate();
        key.Dispose();
        Should.Throw<CryptographicException>(() => key.Sign(Digest));
        key.ToNsec().ShouldBe(Bech32.Encode("nsec", new byte[32]));
    }

    [Fact]
    public void ToString_ShowsThePublicKeyOnly()
    {
        using var key = KeyPair.Generate();
        key.ToString().ShouldBe(key.PublicKey.Npub);
    }

    /// <summary>Known keys are remembered by their text; what is remembered must be that very key, and never what was refused.</summary>
    [Fact]
    public void TryParseNpub_ManyTimesAndManyKeys_GivesEachItsOwn()
    {
        var npubs = Enumerable.Range(0, 3000).Select(_ => KeyPair.Generate().PublicKey.Npub).ToList();
        for (var round = 0; round < 2; round++)
            foreach (var npub in npubs)
            {
                PublicKey.TryParseNpub(npub, out var key).ShouldBeTrue();
                Bech32.Encode("npub", key!.Bytes).ShouldBe(npub);
                PublicKey.TryParseNpub(npub.ToUpperInvariant(), out _).ShouldBeFalse();
                PublicKey.TryParseNpub(npub[..^1] + (npub[^1] == 'q' ? 'p' : 'q'), out _).ShouldBeFalse();
            }
    }

    [Fact]
    public void PublicKey_HoweverWritten_IsEqual()
    {
        using var pair = KeyPair.Generate();
        var key = pair.PublicKey;
        PublicKey.TryParse(key.Hex, out var lower).ShouldBeTrue();
        PublicKey.TryParse(key.Hex.ToUpperInvariant(), out var upper).ShouldBeTrue();
        PublicKey.TryParse(key.Npub, out var npub).ShouldBeTrue();
        new HashSet<PublicKey> { key, lower!, upper!, npub! }.Count.ShouldBe(1);
    }
}
