using System.Text;

namespace FedAi.Runners.Calls;

/// <summary>A list of calls after <c>[TOOL_CALLS]</c> (<see cref="ToolSyntax.Mistral"/>).</summary>
internal sealed class MistralCalls(CallOutput output, IReadOnlySet<string> tools) : IToolCallParser
{
    private readonly StringBuilder held = new();
    private readonly CallText call = new(output, tools, needsArguments: false);
    private TagMatch tag = new("[TOOL_CALLS]");
    private Place place;

    private enum Place { Text, List, Call, Next, End }

    public void Push(ReadOnlySpan<char> piece)
    {
        foreach (var next in piece) Push(next);
    }

    public void Finish() => output.Text(held);

    private void Push(char next)
    {
        switch (place)
        {
            case Place.Text:
                InText(next);
                return;
            case Place.Call:
                var step = call.Push(next, held);
                if (step == CallStep.Done) place = Place.Next;
                else if (step == CallStep.Failed) GiveUp();
                return;
        }
        if (place != Place.End) held.Append(next);
        if (char.IsWhiteSpace(next)) return;
        if ((place == Place.List && next == '[') || (place == Place.Next && next == ','))
        {
            place = Place.Call;
            call.Start();
            if (output.Calls > 0) held.Clear();
        }
        else if (place == Place.Next && next == ']')
        {
            held.Clear();
            place = Place.End;
        }
        else if (place == Place.End)
        {
            place = Place.Text;
            InText(next);
        }
        else
        {
            GiveUp();
        }
    }

    private void InText(char next)
    {
        var step = tag.Push(next);
        if (step == CallStep.Failed)
        {
            output.Text(held);
            if (tag.Push(next) == CallStep.More) held.Append(next);
            else output.Text(next);
            return;
        }
        held.Append(next);
        if (step != CallStep.Done) return;
        (place, tag) = (Place.List, new("[TOOL_CALLS]"));
    }

    private void GiveUp()
    {
        output.Text(held);
        (place, tag) = (Place.Text, new("[TOOL_CALLS]"));
    }
}
