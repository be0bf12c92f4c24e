using System.Text;
using FedAi.Protocol.Json;

namespace FedAi.Tests.Protocol.Json;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void CanonicalJson_Nesting_EndsAt64(int depth, bool fits)
    {
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}") })
        {
            var canonical = CanonicalJson.Of(Encoding.UTF8.GetBytes(Repeat(open, depth) + "1" + Repeat(close, depth)));

            (canonical is not null).ShouldBe(fits);
            if (canonical is null) continue;
            // What is canonical can be read: both limits are the same one.
            using var document = CanonicalJson.ToDocument(canonical);
        }
    }

    /// <summary>A body of many tiny values costs several times its size in memory, so their number is bounded.</summary>
    [Theory]
    [InlineData(100_000, true)]
    [InlineData(2_000_000, false)]
    public void CanonicalJson_ManyValues_AreRefused(int count, bool fits) =>
        (CanonicalJson.Of(Encoding.UTF8.GetBytes($"[{Repeat("0,", count)}0]")) is not null).ShouldBe(fits);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\ufeff{}")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("'a'")]
    [InlineData("[01]")]
    [InlineData("[-]")]
    [InlineData("[1.]")]
    [InlineData("[.5]")]
    [InlineData("[+1]")]
    [InlineData("[1e]")]
    [InlineData("[0x1]")]
    [InlineData("[NaN]")]
    [InlineData("[Infinity]")]
    [InlineData("[tru]")]
    [InlineData("\"\n\"")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u123")]
    [InlineData("\"a")]
    [InlineData("[1 2]")]
    [InlineData("/* */1")]
    [InlineData("[\u00a01]")]
    public void CanonicalJson_NotJson_IsRefused(string text) => CanonicalJson.Of(Encoding.UTF8.GetBytes(text)).ShouldBeNull();

    [Theory]
    [InlineData("22C08022")] // overlong
    [InlineData("22EDA08022")] // a surrogate in UTF-8
    [InlineData("22F490808022")] // above U+10FFFF
    [InlineData("22E282")] // cut
    [InlineData("22FF22")]
    public void CanonicalJson_NotUtf8_IsRefused(string hex) => CanonicalJson.Of(Convert.FromHexString(hex)).ShouldBeNull();

    [Fact]
    public void ToDocument_LoneSurrogates_ReadAsReplacementCharacter()
    {
        var canonical = CanonicalJson.Of("""{"\ud800":"a\udfffb","c":"\\ud800","d":"\ud83d\ude00"}"""u8)!;

        using var document = CanonicalJson.ToDocument(canonical);

        document.RootElement.GetProperty("\ufffd").GetString().ShouldBe("a\ufffdb");
        document.RootElement.GetProperty("c").GetString().ShouldBe("\\ud800");
        document.RootElement.GetProperty("d").GetString().ShouldBe("😀");
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
