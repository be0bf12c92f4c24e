namespace FedAi.Runners.Templates;

/// <summary>Gives expressions their values.</summary>
internal sealed class Evaluator(TemplateBudget budget)
{
    public object? Value(Expression expression, Scope scope)
    {
        budget.Enter();
        var value = expression switch
        {
            Expression.Literal literal => literal.Value,
            Expression.Variable variable => scope[variable.Text],
            Expression.ListOf list => list.Items.Select(item => Value(item, scope)).ToList(),
            Expression.MapOf map => Map(map, scope),
            Expression.Member member => Member(Value(member.Of, scope), Value(member.Key, scope), member.Dotted),
            Expression.Slice slice => Slice(slice, scope),
            Expression.Call call => Call(call, scope),
            Expression.Filter filter => Filters.Apply(filter.Name, Value(filter.Of, scope), Given(filter.Given, scope), budget),
            Expression.Test test => Tests.Holds(test.Name, Value(test.Of, scope), Given(test.Given, scope), budget) != test.Negated,
            Expression.Unary unary => Unary(unary.Operator, Value(unary.Of, scope)),
            Expression.Binary binary => Binary(binary, scope),
            Expression.Choice choice => IsTrue(choice.Condition, scope) ? Value(choice.Then, scope) : choice.Else is { } other ? Value(other, scope) : Undefined.Value,
            _ => throw new TemplateException("this expression is not supported"),
        };
        budget.Leave();
        return value;
    }

    public bool IsTrue(Expression expression, Scope scope) => Values.IsTrue(Value(expression, scope));

    private object? Binary(Expression.Binary binary, Scope scope)
    {
        var left = Value(binary.Left, scope);
        return binary.Operator switch
        {
            "and" => Values.IsTrue(left) ? Value(binary.Right, scope) : left,
            "or" => Values.IsTrue(left) ? left : Value(binary.Right, scope),
            _ => Operators.Apply(binary.Operator, left, Value(binary.Right, scope), budget),
        };
    }

    private static object Unary(string name, object? value) => (name, value) switch
    {
        ("not", _) => !Values.IsTrue(value),
        ("-", long and not long.MinValue) => -(long)value,
        ("-", double number) => -number,
        ("+", long or double) => value,
        _ => throw new TemplateException($"\"{name}\" before this value is not supported"),
    };

    private OrderedDictionary<string, object?> Map(Expression.MapOf map, Scope scope)
    {
        var value = new OrderedDictionary<string, object?>();
        foreach (var (key, member) in map.Members)
            value[Value(key, scope) as string ?? throw new TemplateException("only texts can name members")] = Value(member, scope);
        return value;
    }

    private static object? Member(object? of, object? key, bool dotted)
    {
        switch (of)
        {
            case OrderedDictionary<string, object?> map:
                // Python would find the method first, and no template means to print one.
                if (dotted && MapMethods.IsKnown((string)key!)) throw new TemplateException($"a member named \"{key}\" behind a dot is not supported");
                return key is string name && map.TryGetValue(name, out var value) ? value : Undefined.Value;
            case Namespace named when key is string member:
                return named.Members.TryGetValue(member, out var set) ? set : Undefined.Value;
            case LoopState loop when key is string fact:
                return loop.Member(fact);
            case IReadOnlyList<object?> list when key is long index:
                return Item(list, index);
            case string text when key is long place:
                return Values.Slice(text, place, place == -1 ? null : place + 1, 1) is string { Length: > 0 } one ? one : Undefined.Value;
            case Undefined or null:
                throw new TemplateException("a value that is not there is asked for its members");
            default:
                return Undefined.Value;
        }
    }

    private static object? Item(IReadOnlyList<object?> list, long index)
    {
        if (index < 0) index += list.Count;
        return index >= 0 && index < list.Count ? list[(int)index] : Undefined.Value;
    }

    private object? Slice(Expression.Slice slice, Scope scope)
    {
        long? Bound(Expression? part) => part is null ? null : Value(part, scope) switch
        {
            null => null,
            long number => number,
            _ => throw new TemplateException("a slice takes whole numbers"),
        };
        var of = Value(slice.Of, scope);
        if (of is string text) budget.Grow(text.Length);
        else if (of is IReadOnlyList<object?> list) budget.Step(list.Count);
        return Values.Slice(of, Bound(slice.From), Bound(slice.To), Bound(slice.Step) ?? 1);
    }

    private object? Call(Expression.Call call, Scope scope)
    {
        if (call.Target is Expression.Member { Dotted: true, Key: Expression.Literal { Value: string method } } member)
        {
            var of = Value(member.Of, scope);
            if (of is string text) return TextMethods.Apply(method, text, Given(call.Given, scope), budget);
            if (of is OrderedDictionary<string, object?> map && MapMethods.IsKnown(method)) return MapMethods.Apply(method, map, Given(call.Given, scope));
            throw new TemplateException($"the method \"{method}\" is not supported");
        }
        return Value(call.Target, scope) is TemplateFunction function
            ? function(Given(call.Given, scope))
            : throw new TemplateException("something is called that is no function");
    }

    private GivenValues Given(Expression.Arguments given, Scope scope)
    {
        if (given.ByPlace.Count == 0 && given.ByName.Count == 0) return new([], []);
        return new([.. given.ByPlace.Select(value => Value(value, scope))], given.ByName.ToDictionary(pair => pair.Name, pair => Value(pair.Value, scope)));
    }
}
