using System.Text;
using FedAi.LlamaHost;

namespace FedAi.Tests.Runners.LlamaHost;

public sealed class AnswerTextTests
{
    [Fact]
    public void Add_BytesOneByOne_ShowsWholeCharactersOnly()
    {
        var answer = new AnswerText([]);
        var shown = new List<string>();
        foreach (var value in "é😀→ü"u8)
        {
            answer.Add([value]);
            if (answer.Pending.IsEmpty) continue;
            shown.Add($"{answer.Pending}/{answer.PendingTokens}");
            answer.Taken();
        }
        shown.ShouldBe(["é/2", "😀/4", "→/3", "ü/2"]);
    }

    [Fact]
    public void Finish_InsideACharacter_DropsIt()
    {
        var answer = new AnswerText([]);
        answer.Add("ab"u8);
        answer.Add([0xF0, 0x9F]);
        answer.Finish();
        answer.Pending.ToString().ShouldBe("ab");
    }

    [Fact]
    public void Add_BytesThatAreNoText_ShowsReplacementCharacters()
    {
        var answer = new AnswerText([]);
        answer.Add([0xFF, (byte)'a']);
        answer.Pending.ToString().ShouldBe("\uFFFDa");
    }

    [Fact]
    public void Add_OneLongPiece_IsTakenWhole()
    {
        var answer = new AnswerText(["stop"]);
        answer.Add(Encoding.UTF8.GetBytes(new string('x', 5000)));
        answer.Pending.Length.ShouldBe(5000);
    }
}
