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
