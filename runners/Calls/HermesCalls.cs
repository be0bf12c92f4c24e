using System.Text;

namespace FedAi.Runners.Calls;

/// <summary>Calls between <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c> (<see cref="ToolSyntax.Hermes"/>).</summary>
internal sealed class HermesCalls(CallOutput output, IReadOnlySet<string> tools) : IToolCallParser
{
    private readonly StringBuilder held = new();
    private readonly CallText call = new(output, tools, needsArguments: false);
    private TagMatch tag = new("<tool_call>");
    private bool inside;
    private bool closing;

    public void Push(ReadOnlySpan<char> piece)
    {
        foreach (var next in piece) Push(next);
    }

    public void Finish()
    {
        // White space after the last call belongs to it, as half an end tag does.
        if (!closing) output.Text(held);
    }

    private void Push(char next)
    {
        if (inside)
        {
            var step = call.Push(next, held);
            if (step == CallStep.More) return;
            (inside, closing, tag) = (false, step == CallStep.Done, new(step == CallStep.Done ? "</tool_call>" : "<tool_call>"));
            if (step == CallStep.Failed) output.Text(held);
            return;
        }
        switch (tag.Push(next))
        {
            case CallStep.More:
                held.Append(next);
                return;
            case CallStep.Done when closing:
                held.Clear();
                (closing, tag) = (false, new("<tool_call>"));
                return;
            case CallStep.Done:
                held.Append(next);
                (inside, tag) = (true, new("<tool_call>"));
                call.Start();
                return;
            default:
                Text(next);
                return;
        }
    }

    /// <summary>No tag after all; but this character may begin one.</summary>
    private void Text(char next)
    {
        output.Text(held);
        (closing, tag) = (false, new("<tool_call>"));
        if (tag.Push(next) == CallStep.More) held.Append(next);
        else output.Text(next);
    }
}
