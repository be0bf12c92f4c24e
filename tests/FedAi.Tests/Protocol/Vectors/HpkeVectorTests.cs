using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

/// <summary>RFC 9180's own vector for DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 in base mode (A.2.1), and RFC 7748's for X25519.</summary>
public sealed class HpkeVectorTests
{
    private static readonly JsonElement Vector = JsonDocument.Parse(File.ReadAllBytes(VectorFiles.Find("hpke.json"))).RootElement;

    [Fact]
    public void Vector_OfTheRfc_IsTheSuiteInUse() =>
        (Text("mode"), Text("kem_id"), Text("kdf_id"), Text("aead_id")).ShouldBe(("0", "32", "1", "3"));

    [Fact]
    public void Send_WithTheVectorsKey_GivesItsCiphertexts()
    {
        using var ephemeral = new X25519Key(Hex("skEm"));
        SealedBox.TrySend(Hex("pkRm"), Hex("info"), ephemeral, out var encapsulated, out var context).ShouldBeTrue();

        encapsulated.ShouldBe(Hex("enc"));
        CheckMessages(context!, (message, sealedContext) => sealedContext.Seal(Hex(message, "aad"), Hex(message, "pt")).ShouldBe(Hex(message, "ct")));
        CheckExports(context!);
    }

    [Fact]
    public void Receive_WithTheVectorsKey_OpensItsCiphertexts()
    {
        using var recipient = new X25519Key(Hex("skRm"));
        recipient.PublicKey.ToArray().ShouldBe(Hex("pkRm"));
        SealedBox.TryReceive(recipient, Hex("enc"), Hex("info"), out var context).ShouldBeTrue();
        using var sending = new X25519Key(Hex("skEm"));
        SealedBox.TrySend(Hex("pkRm"), Hex("info"), sending, out _, out var filler).ShouldBeTrue();

        var at = 0;
        foreach (var message in Vector.GetProperty("encryptions").EnumerateArray())
        {
            // The numbers that the vector leaves out are filled, because a message opens only in its turn.
            for (; at < Number(message); at++) context!.TryOpen([], filler!.Seal([], [1]), out _).ShouldBeTrue();
            filler!.Seal([], []);
            context!.TryOpen(Hex(message, "aad"), Hex(message, "ct"), out var text).ShouldBeTrue();
            text.ShouldBe(Hex(message, "pt"));
            at++;
        }

        CheckExports(context!);
    }

    /// <summary>RFC 8439, section 2.8.2: the cipher under every sealed payload.</summary>
    [Fact]
    public void ChaCha20Poly1305_VectorOfRfc8439_GivesItsCiphertextAndTag()
    {
        var plain = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."u8.ToArray();
        var (sealedText, tag) = (new byte[plain.Length], new byte[16]);
        using var cipher = new System.Security.Cryptography.ChaCha20Poly1305(Enumerable.Range(0x80, 32).Select(number => (byte)number).ToArray());

        cipher.Encrypt(Convert.FromHexString("070000004041424344454647"), plain, sealedText, tag, Convert.FromHexString("50515253c0c1c2c3c4c5c6c7"));

        Convert.ToHexStringLower(sealedText).ShouldBe(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116");
        Convert.ToHexStringLower(tag).ShouldBe("1ae10b594f09e26a7e902ecbd0600691");
    }

    [Fact]
    public void X25519_VectorOfRfc7748_GivesItsSharedSecret()
    {
        using var key = new X25519Key(Convert.FromHexString("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"));
        Span<byte> shared = stackalloc byte[X25519Key.Bytes];

        key.TryAgree(Convert.FromHexString("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"), shared).ShouldBeTrue();

        Convert.ToHexStringLower(shared).ShouldBe("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Send_ToAPointOfLowOrder_IsRefused(string point) =>
        SealedBox.TrySend(Convert.FromHexString(point), [], out _, out _).ShouldBeFalse("everybody would know the secret");

    private static void CheckMessages(SealedContext context, Action<JsonElement, SealedContext> check)
    {
        var at = 0;
        foreach (var message in Vector.GetProperty("encryptions").EnumerateArray())
        {
            for (; at < Number(message); at++) context.Seal([], []);
            check(message, context);
            at++;
        }
    }

    private static void CheckExports(SealedContext context)
    {
        foreach (var export in Vector.GetProperty("exports").EnumerateArray())
            context.Export(Hex(export, "exporter_context"), Number(export, "L")).ShouldBe(Hex(export, "exported_value"));
    }

    private static int Number(JsonElement element, string name = "sequence number") => int.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static string Text(string name) => Vector.GetProperty(name).GetString()!;

    private static byte[] Hex(string name) => Hex(Vector, name);

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
