using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Nostr;

/// <summary>nostr-tools and we must agree on every key and every event.</summary>
public sealed class NostrToolsTests 
{
    /// <summary>Texts that serialisers disagree about; half a surrogate pair is in none of them.</summary>
    private static readonly string[] Texts =
    [
        "", "plain", "\"quoted\" and \\ back", "line\nfeed\r\ttab\b\f", "\u0000\u0001\u001f\u007f\u0080", "a/b </script>", "é 漢字 \u2028 \u2029 \ufeff",
        "😀 👩‍👩‍👧‍👦", "\ufffd \uffff", "{\"a\":\"\\u0041\\/\"}", "&<>'+", new string('x', 5000),
    ];

    [Fact]
    public async Task Events_SignedByUs_VerifyWithNostrTools()
    {
        await using var tools = new NostrTools();
        using var key = KeyPair.Generate();
        var events = Texts.Select((text, i) => NostrEvent.Sign(key, i, 1_700_000_000 + i, [["d", text], [], ["x", "", text]], text)).ToList();

        (await tools.VerifyAsync(events)).ShouldAllBe(valid => valid);
        events.ShouldAllBe(signed => signed.Verify());
    }

    [Fact]
    public async Task Events_SignedByNostrTools_VerifyWithUs()
    {
        await using var tools = new NostrTools();
        var templates = Texts.Select((text, i) => (JsonNode)new JsonObject
        {
            ["kind"] = i, ["created_at"] = i, ["tags"] = new JsonArray(new JsonArray("d", text), new JsonArray("x", "", text)), ["content"] = text,
        });

        var signed = await tools.SignAsync(new string('7', 64), new JsonArray([.. templates]));

        for (var i = 0; i < Texts.Length; i++)
        {
            NostrEvent.TryParse(signed[i], out var read).ShouldBeTrue();
            read!.Verify().ShouldBeTrue(Texts[i]);
            Encoding.UTF8.GetString(read.ReadContent()).ShouldBe(Texts[i]);
            read.TagValue("d").ShouldBe(Texts[i]);
        }
    }

    [Fact]
    public async Task Keys_MadeByNostrTools_ReadAlikeHere()
    {
        await using var tools = new NostrTools();
        foreach (var key in await tools.KeysAsync(1000))
        {
            KeyPair.TryParse((string)key!["nsec"]!, out var read).ShouldBeTrue();
            KeyPair.TryParse((string)key["secret"]!, out var fromHex).ShouldBeTrue();
            read!.PublicKey.Hex.ShouldBe((string)key["pubkey"]!);
            read.PublicKey.Npub.ShouldBe((string)key["npub"]!);
            fromHex!.ToNsec().ShouldBe((string)key["nsec"]!);
            PublicKey.TryParseNpub((string)key["npub"]!, out var parsed).ShouldBeTrue();
            parsed.ShouldBe(read.PublicKey);
        }
    }

    [Fact]
    public async Task Keys_MadeHere_ReadAlikeByNostrTools()
    {
        await using var tools = new NostrTools();
        var keys = Enumerable.Range(0, 1000).Select(_ => KeyPair.Generate()).ToList();

        var read = await tools.ReadAsync(keys.Select(key => key.ToNsec()));

        for (var i = 0; i < keys.Count; i++)
        {
            ((string)read[i]!["pubkey"]!).ShouldBe(keys[i].PublicKey.Hex);
            ((string)read[i]!["npub"]!).ShouldBe(keys[i].PublicKey.Npub);
        }
    }
}
