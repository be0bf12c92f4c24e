using System.Text;
using FedAi.TestKit;

namespace FedAi.Tests.TestKit;

/// <summary>A search for leaks that cannot find one proves nothing.</summary>
public sealed class LeakSearchTests
{
    private const string Text = "marker 7f3a ü";

    public static TheoryData<string, byte[]> Leaks => new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes($"xx{Text}yy") },
        { "UTF-16", Encoding.Unicode.GetBytes($"xx{Text}yy") },
        { "hex", Encoding.ASCII.GetBytes("00" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Text)) + "00") },
        { "upper-case hex", Encoding.ASCII.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(Text))) },
        { "escaped JSON", Encoding.ASCII.GetBytes(string.Concat(Text.Select(character => $"\\u{(int)character:x4}"))) },
        { "base64 at offset 0", Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"abc{Text}zz"))) },
        { "base64 at offset 1", Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"abcd{Text}z"))) },
        { "base64 at offset 2", Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes($"ab{Text}"))) },
    };

    [Theory, MemberData(nameof(Leaks))]
    public void Find_TextInADress_NamesIt(string form, byte[] bytes) => LeakSearch.Find(bytes, Text).ShouldBe(form);

    [Fact]
    public void Find_AnotherText_FindsNothing() => LeakSearch.Find(Encoding.UTF8.GetBytes("marker 7f3b ü"), Text).ShouldBeNull();
}
