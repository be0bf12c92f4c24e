using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Protocol.Nostr;

public sealed class NostrEventTests
{
    private const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Valid = $$"""{"id":"{{Id}}","pubkey":"{{Id}}","created_at":1,"kind":1,"tags":[["t","x"]],"content":"c","sig":"{{Id}}{{Id}}"}""";

    [Fact]
    public void TryParse_SevenMembers_Reads() => NostrEvent.TryParse(Encoding.UTF8.GetBytes(Valid), out _).ShouldBeTrue();

    [Theory]
    [InlineData("not an object", Valid, "[]")]
    [InlineData("nothing", Valid, "")]
    [InlineData("cut off", "}", "")]
    [InlineData("two values", "}", "}{}")]
    [InlineData("upper-case id", "\"id\":\"a", "\"id\":\"A")]
    [InlineData("short id", "\"id\":\"aa", "\"id\":\"a")]
    [InlineData("id with an escape", "\"id\":\"aa", "\"id\":\"a\\u0061")]
    [InlineData("no hex", "\"id\":\"a", "\"id\":\"g")]
    [InlineData("short signature", "\"sig\":\"aa", "\"sig\":\"")]
    [InlineData("kind as text", "\"kind\":1", "\"kind\":\"1\"")]
    [InlineData("kind with a fraction", "\"kind\":1", "\"kind\":1.0")]
    [InlineData("kind with an exponent", "\"kind\":1", "\"kind\":1e3")]
    [InlineData("kind too large", "\"kind\":1", "\"kind\":65536")]
    [InlineData("kind negative", "\"kind\":1", "\"kind\":-1")]
    [InlineData("time negative", "\"created_at\":1", "\"created_at\":-1")]
    [InlineData("time beyond doubles", "\"created_at\":1", "\"created_at\":9007199254740992")]
    [InlineData("time null", "\"created_at\":1", "\"created_at\":null")]
    [InlineData("member missing", "\"kind\":1,", "")]
    [InlineData("member twice", "\"kind\":1", "\"kind\":1,\"kind\":1")]
    [InlineData("member twice, once escaped", "\"kind\":1", "\"kind\":1,\"\\u006bind\":1")]
    [InlineData("tags no array", "[[\"t\",\"x\"]]", "{}")]
    [InlineData("tag no array", "[[\"t\",\"x\"]]", "[\"t\"]")]
    [InlineData("tag value no text", "[\"t\",\"x\"]", "[\"t\",5]")]
    [InlineData("tag value null", "[\"t\",\"x\"]", "[\"t\",null]")]
    [InlineData("tag too deep", "[\"t\",\"x\"]", "[\"t\",[\"x\"]]")]
    [InlineData("content no text", "\"content\":\"c\"", "\"content\":{}")]
    [InlineData("half a character", "\"c\"", "\"\\ud83d\"")]
    [InlineData("the other half", "\"c\"", "\"\\ude00\"")]
    [InlineData("halves the wrong way round", "\"c\"", "\"\\ude00\\ud83d\"")]
    [InlineData("half a character in a tag", "\"x\"", "\"\\ud83dx\"")]
    [InlineData("raw control character", "\"c\"", "\"\n\"")]
    [InlineData("unknown escape", "\"c\"", "\"\\x\"")]
    public void TryParse_WrongShape_IsRefused(string why, string part, string instead)
    {
        var text = Valid.Replace(part, instead, StringComparison.Ordinal);
        text.ShouldNotBe(Valid);

        NostrEvent.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse(why);
    }

    [Fact]
    public void TryParse_NotUtf8_IsRefused()
    {
        var bytes = Encoding.UTF8.GetBytes(Valid);
        bytes[Array.IndexOf(bytes, (byte)'c', Valid.IndexOf("\"c\"", StringComparison.Ordinal))] = 0xff;

        NostrEvent.TryParse(bytes, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryParse_UnknownMemberAndBlanks_AreNeitherHashedNorPassedOn()
    {
        using var key = KeyPair.Generate();
        var plain = TextOf(NostrEvent.Sign(key, 1, 1, [["t", "x"]], "c"));
        var spaced = plain.Replace(",", " ,\n ", StringComparison.Ordinal).Replace("{", "{\"more\":{\"deep\":[[[[[]]]]]}, ", StringComparison.Ordinal);

        NostrEvent.TryParse(Encoding.UTF8.GetBytes(spaced), out var read).ShouldBeTrue();

        read!.Verify().ShouldBeTrue();
        TextOf(read).ShouldNotContain("more");
    }

    [Theory]
    [InlineData("/", "\\/")]
    [InlineData("A", "\\u0041")]
    [InlineData("é", "\\u00E9")]
    [InlineData("😀", "\\ud83d\\ude00")]
    [InlineData("\n", "\\u000a")]
    [InlineData("\u0001", "\\u0001")]
    [InlineData("\\", "\\u005c")]
    [InlineData("\"", "\\u0022")]
    public void Verify_SameTextSpeltOtherwise_IsTheSameEvent(string text, string spelling)
    {
        using var key = KeyPair.Generate();
        var marked = $"<{text}>";
        var wire = TextOf(NostrEvent.Sign(key, 1, 1, [["t", marked]], marked));
        var begin = wire.IndexOf('<', StringComparison.Ordinal);
        var written = wire[begin..(wire.IndexOf('>', StringComparison.Ordinal) + 1)];
        var respelt = wire.Replace(written, $"<{spelling}>", StringComparison.Ordinal);

        NostrEvent.TryParse(Encoding.UTF8.GetBytes(respelt), out var read).ShouldBeTrue();

        read!.Verify().ShouldBeTrue();
        Encoding.UTF8.GetString(read.ReadContent()).ShouldBe(marked);
        read.TagValue("t").ShouldBe(marked);
    }

    [Fact]
    public void Verify_AnyByteOfTheEventChanged_IsFalse()
    {
        using var key = KeyPair.Generate();
        var wire = Encoding.UTF8.GetBytes(TextOf(NostrEvent.Sign(key, 30020, 1_700_000_000, [["d", "x"], ["t", "y"]], "hello \"you\"")));

        for (var i = 0; i < wire.Length; i++)
        {
            var changed = wire.ToArray();
            changed[i] ^= 1;
            (NostrEvent.TryParse(changed, out var read) && read.Verify()).ShouldBeFalse(Encoding.UTF8.GetString(changed));
        }
    }

    [Fact]
    public void Verify_Again_AllocatesNothing()
    {
        using var key = KeyPair.Generate();
        var wire = Encoding.UTF8.GetBytes(TextOf(NostrEvent.Sign(key, 30020, 1, [["d", "x"]], new string('"', 3000))));
        NostrEvent.TryParse(wire, out var read).ShouldBeTrue();
        read!.Verify().ShouldBeTrue();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) read.Verify();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static string TextOf(NostrEvent value)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        value.WriteTo(json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
