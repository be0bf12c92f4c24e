using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Protocol.Nostr;

/// <summary>Events made and judged by the existing implementation; its lax answers are replaced by <c>expectedStrict</c>.</summary>
public sealed class NostrVectorTests
{
    public static TheoryData<string, int> Valid => Cases("valid");

    public static TheoryData<string, int> Invalid => Cases("invalid");

    [Theory, MemberData(nameof(Valid))]
    public void Event_FromExistingSoftware_HashesVerifiesAndReads(string file, int index)
    {
        var vector = Load(file)["valid"]![index]!;
        var wire = Encoding.UTF8.GetBytes(vector["event"]!.ToJsonString());

        NostrEvent.TryParse(wire, out var read).ShouldBeTrue();
        read.ShouldNotBeNull();
        read.Verify().ShouldBeTrue();
        SerialisedOf(wire).ShouldBe((string)vector["serialized"]!);

        ControlEvents.TryParse(read, out var message, out var problem).ShouldBeTrue();
        problem.ShouldBe(ControlEventProblem.None);
        var expected = JsonNode.Parse((string)vector["parsedJson"]!)!["message"]!;
        FedAiKinds.TagOf(message!.Type).ShouldBe((string)expected["type"]!);
        message.MessageId.ShouldBe((string)expected["messageId"]!);
        message.TimestampMs.ShouldBe((long)expected["timestamp"]!);
        message.ExpiryMs.ShouldBe((long)expected["expiry"]!);
        Encoding.UTF8.GetString(message.Payload.Span).ShouldBe((string)vector["event"]!["content"]!);
        PublicKey.TryCreate(Convert.FromHexString(read.Author.ToString()), out var author).ShouldBeTrue();
        author!.Npub.ShouldBe((string)expected["routerId"]!);
    }

    [Theory, MemberData(nameof(Valid))]
    public void Sign_SameMessage_MakesTheSameIdAndAValidSignature(string file, int index)
    {
        var vector = Load(file)["valid"]![index]!;
        KeyPair.TryParse((string)vector["privateKey"]!, out var key).ShouldBeTrue();
        var tags = vector["event"]!["tags"]!.AsArray().Select(tag => (IReadOnlyList<string>)[.. tag!.AsArray().Select(text => (string)text!)]).ToList();

        var signed = NostrEvent.Sign(key!, (int)vector["event"]!["kind"]!, (long)vector["event"]!["created_at"]!, tags, (string)vector["event"]!["content"]!);

        signed.Id.ToString().ShouldBe((string)vector["event"]!["id"]!);
        signed.Verify().ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Invalid))]
    public void Event_WrongSomewhere_IsJudgedStrictly(string file, int index)
    {
        var vector = Load(file)["invalid"]![index]!;
        var wire = Encoding.UTF8.GetBytes(vector["event"]!.ToJsonString());

        var taken = NostrEvent.TryParse(wire, out var read) && read.Verify() && ControlEvents.TryParse(read, out _, out _);

        taken.ShouldBe(!((string)vector["expectedStrict"]!).StartsWith("reject", StringComparison.Ordinal), (string)vector["name"]!);
    }

    [Fact]
    public void Kinds_OfTheVectors_AreOurs()
    {
        foreach (var file in Files())
            foreach (var (name, kind) in Load(file)["kinds"]!.AsObject())
                FedAiKinds.TagOf(FedAiKinds.TypeOf((int)kind!)!.Value).ShouldBe(name);
    }

    private static string SerialisedOf(byte[] wire)
    {
        var reader = new Utf8JsonReader(wire);
        reader.Read();
        NostrEventMembers.TryRead(ref reader, out var members).ShouldBeTrue();
        var output = new byte[wire.Length + 128];
        var length = NostrEventId.Serialise(members.Author, members.CreatedAt, members.Kind, wire[members.Tags], wire[members.Content], output);
        return Encoding.UTF8.GetString(output, 0, length);
    }

    private static TheoryData<string, int> Cases(string set)
    {
        var cases = new TheoryData<string, int>();
        foreach (var file in Files())
            for (var i = 0; i < Load(file)[set]!.AsArray().Count; i++) cases.Add(file, i);
        return cases;
    }

    private static IEnumerable<string> Files() =>
        Environment.GetEnvironmentVariable("FEDAI_VECTORS") is { Length: > 0 } more ? [Public(), more] : [Public()];

    private static JsonNode Load(string file) => JsonNode.Parse(File.ReadAllBytes(file))!["nostr"]!;

    private static string Public([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../vectors/fedai.json"));
}
