using FedAi.Protocol.Crypto;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

/// <summary>The official BIP-340 vectors, negative ones included.</summary>
public sealed class Bip340VectorTests
{
    public static TheoryData<string> Rows => [.. File.ReadAllLines(VectorFiles.Find("bip340.csv")).Skip(1).Where(line => line.Length > 0)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Schnorr_OfficialVector_AgreesWithBip340(string row)
    {
        var cells = row.Split(',');
        var (secret, publicKey, aux, message, signature) = (Hex(cells[1]), Hex(cells[2]), Hex(cells[3]), Hex(cells[4]), Hex(cells[5]));

        Schnorr.Verify(signature, message, publicKey).ShouldBe(cells[6] == "TRUE", row);

        if (secret.Length == 0 || message.Length != 32) return;
        KeyPair.TryCreate(secret, out var pair).ShouldBeTrue();
        pair!.PublicKey.Bytes.ToArray().ShouldBe(publicKey);
        pair.Sign(message, aux).ShouldBe(signature);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
