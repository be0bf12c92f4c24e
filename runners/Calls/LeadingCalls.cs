using System.Text;

namespace FedAi.Runners.Calls;

/// <summary>
/// Answers that are calls from their first character on (<see cref="ToolSyntax.Llama3"/>, <see cref="ToolSyntax.Generic"/>):
/// bare objects, or behind <c>&lt;|python_tag|&gt;</c>, or in a code fence. An answer that begins otherwise is text to its end.
/// </summary>
internal sealed class LeadingCalls(CallOutput output, IReadOnlySet<string> tools) : IToolCallParser
{
    private const string PythonTag = "<|python_tag|>", Fence = "```";
    private const int LongestLanguage = 16;

    private readonly StringBuilder held = new();
    private readonly StringBuilder start = new();
    private readonly CallText call = new(output, tools, needsArguments: true);
    private Place place;

    private enum Place { Start, Call, Between, Text }

    public void Push(ReadOnlySpan<char> piece)
    {
        foreach (var next in piece) Push(next);
    }

    public void Finish()
    {
        if (place != Place.Between) output.Text(held);
    }

    private void Push(char next)
    {
        switch (place)
        {
            case Place.Text:
                output.Text(next);
                return;
            case Place.Call:
                var step = call.Push(next, held);
                if (step == CallStep.Done) place = Place.Between;
                else if (step == CallStep.Failed) BecomeText();
                return;
            case Place.Between:
                // Several calls stand one after another, with ";" or "," or nothing between them; a fence closes.
                held.Append(next);
                if (next == '{') Begin(next);
                else if (!char.IsWhiteSpace(next) && next is not (';' or ',' or '`')) BecomeText();
                return;
            default:
                InStart(next);
                return;
        }
    }

    private void InStart(char next)
    {
        held.Append(next);
        if (start.Length == 0 && char.IsWhiteSpace(next)) return;
        start.Append(next);
        var text = start.ToString();
        if (next == '{' && IsWholeStart(text.AsSpan(0, text.Length - 1).TrimEnd())) Begin(next);
        else if (!MayBecomeStart(text)) BecomeText();
    }

    private static bool IsWholeStart(ReadOnlySpan<char> text) =>
        text.IsEmpty || text.SequenceEqual(PythonTag) || (text.StartsWith(Fence) && IsLanguage(text[Fence.Length..]));

    private static bool MayBecomeStart(string text) =>
        PythonTag.StartsWith(text, StringComparison.Ordinal) || text.TrimEnd() == PythonTag
        || Fence.StartsWith(text, StringComparison.Ordinal) || (text.StartsWith(Fence, StringComparison.Ordinal) && IsLanguage(text.AsSpan(Fence.Length).TrimEnd()));

    private static bool IsLanguage(ReadOnlySpan<char> text) => text.Length <= LongestLanguage && !text.ContainsAnyExceptInRange('_', 'z');

    private void Begin(char brace)
    {
        held.Length--;
        place = Place.Call;
        call.Start();
        call.Push(brace, held);
    }

    private void BecomeText()
    {
        place = Place.Text;
        output.Text(held);
    }
}
