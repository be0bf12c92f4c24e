using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Nostr;

/// <summary>Events made and judged by the existing implementation; its lax answers are replaced by <c>expectedStrict</c>.</summary>
public sealed class NostrVectorTests
{
    [Fact]
    public void Event_FromExistingSoftware_HashesVerifiesAndReads()
    {
        foreach (var (name, vector) in VectorFiles.Section("nostr.valid"))
        {
            var wire = Encoding.UTF8.GetBytes(vector.GetProperty("event").GetRawText());
            var (content, expected) = (Text(vector.GetProperty("event"), "content"), JsonDocument.Parse(Text(vector, "parsedJson")).RootElement.GetProperty("message"));

            NostrEvent.TryParse(wire, out var read).ShouldBeTrue(name);
            read!.Verify().ShouldBeTrue(name);
            SerialisedOf(wire).ShouldBe(Text(vector, "serialized"), name);

            ControlEvents.TryParse(read, out var message, out var problem).ShouldBeTrue(name);
            problem.ShouldBe(ControlEventProblem.None, name);
            FedAiKinds.TagOf(message!.Type).ShouldBe(Text(expected, "type"), name);
            message.MessageId.ShouldBe(Text(expected, "messageId"), name);
            message.TimestampMs.ShouldBe(expected.GetProperty("timestamp").GetInt64(), name);
            message.ExpiryMs.ShouldBe(expected.GetProperty("expiry").GetInt64(), name);
            Encoding.UTF8.GetString(message.Payload.Span).ShouldBe(content, name);
            PublicKey.TryParse(read.Author.ToString(), out var author).ShouldBeTrue(name);
            author!.Npub.ShouldBe(Text(expected, "routerId"), name);
        }
    }

    [Fact]
    public void Sign_SameEvent_MakesTheSameIdAndAValidSignature()
    {
        foreach (var (name, vector) in VectorFiles.Section("nostr.valid"))
        {
            var original = vector.GetProperty("event");
            KeyPair.TryParse(Text(vector, "privateKey"), out var key).ShouldBeTrue(name);
            var tags = original.GetProperty("tags").EnumerateArray().Select(tag => (IReadOnlyList<string>)[.. tag.EnumerateArray().Select(value => value.GetString()!)]).ToList();

            var signed = NostrEvent.Sign(key!, original.GetProperty("kind").GetInt32(), original.GetProperty("created_at").GetInt64(), tags, Text(original, "content"));

            signed.Id.ToString().ShouldBe(Text(original, "id"), name);
            signed.Verify().ShouldBeTrue(name);
        }
    }

    /// <summary>W-N4: the existing software believes the type tag whatever the kind, and reads an empty or hexadecimal <c>exp</c>.</summary>
    [Fact]
    public void Event_WrongSomewhere_IsJudgedStrictly()
    {
        foreach (var (name, vector) in VectorFiles.Section("nostr.invalid"))
        {
            var wire = Encoding.UTF8.GetBytes(vector.GetProperty("event").GetRawText());

            var taken = NostrEvent.TryParse(wire, out var read) && read.Verify() && ControlEvents.TryParse(read, out _, out _);

            taken.ShouldBe(!Text(vector, "expectedStrict").StartsWith("reject", StringComparison.Ordinal), $"{name} {Text(vector, "name")}");
        }
    }

    [Fact]
    public void Kinds_OfExistingSoftware_AreOurs()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(VectorFiles.Find("fedai.json")));
        foreach (var kind in document.RootElement.GetProperty("nostr").GetProperty("kinds").EnumerateObject())
        {
            var type = FedAiKinds.TypeOf(kind.Value.GetInt32());
            type.ShouldNotBeNull();
            FedAiKinds.TagOf(type.Value).ShouldBe(kind.Name);
            FedAiKinds.KindOf(type.Value).ShouldBe(kind.Value.GetInt32());
            FedAiKinds.All.ShouldContain(kind.Value.GetInt32());
        }
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

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;
}
