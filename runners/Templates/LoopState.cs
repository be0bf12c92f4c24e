namespace FedAi.Runners.Templates;

/// <summary>What a loop's body knows about the loop.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    public int Index { get; set; }

    public object? Member(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(items.Count - Index),
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "previtem" => Index > 0 ? items[Index - 1] : Undefined.Value,
        "nextitem" => Index < items.Count - 1 ? items[Index + 1] : Undefined.Value,
        _ => throw new TemplateException($"loop.{name} is not supported"),
    };
}
