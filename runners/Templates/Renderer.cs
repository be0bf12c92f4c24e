using System.Text;

namespace FedAi.Runners.Templates;

/// <summary>Carries out statements and collects what they print.</summary>
internal sealed class Renderer(TemplateBudget budget)
{
    private readonly Evaluator evaluator = new(budget);
    private StringBuilder output = new();

    private enum Flow { Next, Continue, Break }

    public string Render(IReadOnlyList<Statement> body, Scope scope)
    {
        Run(body, scope);
        return output.ToString();
    }

    private Flow Run(IReadOnlyList<Statement> body, Scope scope)
    {
        budget.Enter();
        var flow = Flow.Next;
        foreach (var statement in body)
        {
            flow = Run(statement, scope);
            if (flow != Flow.Next) break;
        }
        budget.Leave();
        return flow;
    }

    private Flow Run(Statement statement, Scope scope)
    {
        budget.Step();
        switch (statement)
        {
            case Statement.Text text:
                Print(text.Value);
                return Flow.Next;
            case Statement.Print print:
                Print(Values.Text(evaluator.Value(print.Value, scope)));
                return Flow.Next;
            case Statement.If choice:
                foreach (var (condition, body) in choice.Branches) if (evaluator.IsTrue(condition, scope)) return Run(body, scope);
                return Run(choice.Else, scope);
            case Statement.For loop:
                return Loop(loop, scope);
            case Statement.Set set:
                Set(set, scope);
                return Flow.Next;
            case Statement.SetBlock block:
                scope[block.Name] = Captured(block.Body, new(scope));
                return Flow.Next;
            case Statement.Macro macro:
                scope[macro.Name] = (TemplateFunction)(given => Call(macro, given, scope));
                return Flow.Next;
            case Statement.Block block:
                return Run(block.Body, scope);
            default:
                return statement is Statement.Leave { Loop: true } ? Flow.Break : Flow.Continue;
        }
    }

    private void Print(string text)
    {
        budget.Grow(text.Length);
        output.Append(text);
    }

    private Flow Loop(Statement.For loop, Scope outer)
    {
        var items = Values.Items(evaluator.Value(loop.Over, outer));
        budget.Step(items.Count);
        if (loop.Only is { } condition) items = [.. items.Where(item => evaluator.IsTrue(condition, Bind(loop.Names, item, outer)))];
        if (items.Count == 0) return Run(loop.Else, outer);
        var state = new LoopState(items);
        for (; state.Index < items.Count; state.Index++)
        {
            var scope = Bind(loop.Names, items[state.Index], outer);
            scope["loop"] = state;
            if (Run(loop.Body, scope) == Flow.Break) break;
        }
        return Flow.Next;
    }

    /// <summary>A scope in which the names hold an item, or its parts when there are several.</summary>
    private static Scope Bind(IReadOnlyList<string> names, object? item, Scope outer)
    {
        var scope = new Scope(outer);
        Assign(names, item, scope);
        return scope;
    }

    private void Set(Statement.Set set, Scope scope)
    {
        var value = evaluator.Value(set.Value, scope);
        if (set.Member is null) Assign(set.Names, value, scope);
        else if (scope[set.Names[0]] is Namespace named) named.Members[set.Member] = value;
        else throw new TemplateException("only members of a namespace can be set");
    }

    private static void Assign(IReadOnlyList<string> names, object? value, Scope scope)
    {
        if (names.Count == 1)
        {
            scope[names[0]] = value;
            return;
        }
        var parts = Values.Items(value);
        if (parts.Count != names.Count) throw new TemplateException("there are more or fewer values than names");
        for (var i = 0; i < parts.Count; i++) scope[names[i]] = parts[i];
    }

    private string Call(Statement.Macro macro, GivenValues given, Scope outer)
    {
        var scope = new Scope(outer);
        foreach (var (name, value) in macro.Parameters)
            scope[name] = given.Take(name, this) is var passed && passed != this ? passed : value is null ? Undefined.Value : evaluator.Value(value, scope);
        given.End();
        return Captured(macro.Body, scope);
    }

    private string Captured(IReadOnlyList<Statement> body, Scope scope)
    {
        var before = output;
        output = new();
        Run(body, scope);
        var captured = output.ToString();
        output = before;
        return captured;
    }
}
