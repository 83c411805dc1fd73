using System.Dynamic;
using System.Linq.Expressions;
using Multiproc.Managers;
using Multiproc.Objects.Dictionaries;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Represents a namespace in a manager, or in the process that called <c>Mp.Namespace</c>: named values, read and written as attributes of a <c>dynamic</c>. A
/// name that begins with an underscore is local to this proxy and not shared, as in Python.
/// </summary>
/// <example>
/// <code>
/// dynamic shared = manager.Namespace();
/// shared.x = 10;
/// shared._hidden = 1;         // local to this proxy
/// Console.WriteLine(shared);  // Namespace(x=10)
/// </code>
/// </example>
public sealed partial class NamespaceProxy : BaseProxy, IDynamicMetaObjectProvider, ISelfCoded<NamespaceProxy>
{
    private readonly Dictionary<string, object?> _own = [];

    internal NamespaceProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets the shared names, sorted.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public IReadOnlyList<string> Names => [.. GetValue().Keys.Order(StringComparer.Ordinal)];

    private protected override string Kind => nameof(NamespaceProxy);

    /// <summary>Gets a copy of a named value, or sets it, like the attribute of a <c>dynamic</c>.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The value.</returns>
    /// <exception cref="MissingMemberException">On get, the namespace does not contain the name.</exception>
    /// <exception cref="SerializationException">The value cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public object? this[string name]
    {
        get => TryGet<object?>(name, out var value) ? value : throw Missing(name);
        set => Set(name, value);
    }

    /// <summary>Reads a copy of a value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <returns>A copy of the value.</returns>
    /// <exception cref="MissingMemberException">The namespace does not contain the name.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Get<T>(string name) => TryGet(name, out T? value) ? value! : throw Missing(name);

    /// <summary>Reads a copy of a named value, if the name exists.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="value">A copy of the value.</param>
    /// <returns>True if the name exists.</returns>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryGet<T>(string name, out T? value)
    {
        object? found;
        if (IsOwn(name))
        {
            if (!_own.TryGetValue(name, out found))
            {
                value = default;
                return false;
            }
        }
        else
        {
            var reply = Ask(new DictionaryCommand.Get(Pack(name)), default);
            if (reply.Number < 0)
            {
                value = default;
                return false;
            }

            found = Serializer.Unpack<object?>(reply.Value);
        }

        if (found is not T && (found is not null || default(T) is not null))
        {
            throw new InvalidCastException(
                $"'{name}' of {Identity} is {(found is null ? "null" : $"a {TypeNames.Of(found.GetType())}")}, not a {TypeNames.Of(typeof(T))}.");
        }

        value = (T?)found;
        return true;
    }

    /// <summary>Sets a named value.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="SerializationException">The value cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Set(string name, object? value)
    {
        if (IsOwn(name))
        {
            _own[name] = value;
        }
        else
        {
            Ask(new DictionaryCommand.Set(Pack(name), Pack(value)), default);
        }
    }

    /// <summary>Removes a named value: Python's <c>del ns.x</c>.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="MissingMemberException">The namespace does not contain the name.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Delete(string name)
    {
        bool was = IsOwn(name) ? _own.Remove(name) : Ask(new DictionaryCommand.Remove(Pack(name)), default).Number >= 0;
        if (!was)
        {
            throw Missing(name);
        }
    }

    /// <summary>Copies all shared names and values as of a single moment.</summary>
    /// <returns>A new local dictionary.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public Dictionary<string, object?> GetValue() =>
        new(DictionaryPages.Unpack<string, object?>(Ask(new DictionaryCommand.Page(0, int.MaxValue), default).Value));

    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new Attributes(parameter, this);

    static NamespaceProxy ISelfCoded<NamespaceProxy>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private protected override string Describe()
    {
        var text = GetValue().OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}={ProxyText.Of(pair.Value)}");
        return $"Namespace({string.Join(", ", text)})";
    }

    private static bool IsOwn(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name[0] == '_';
    }

    private static MissingMemberException Missing(string name) => new($"'Namespace' object has no attribute '{name}'");

    /// <summary>Binds members of a <c>dynamic</c>: those of the class itself take precedence.</summary>
    private sealed class Attributes(Expression expression, NamespaceProxy value) : DynamicMetaObject(expression, BindingRestrictions.Empty, value)
    {
        public override DynamicMetaObject BindGetMember(GetMemberBinder binder)
        {
            var call = Expression.MakeIndex(Self, typeof(NamespaceProxy).GetProperty("Item"), [Expression.Constant(binder.Name)]);
            return IsMember(binder.Name) ? base.BindGetMember(binder) : Bound(call);
        }

        public override DynamicMetaObject BindSetMember(SetMemberBinder binder, DynamicMetaObject value)
        {
            var item = Expression.MakeIndex(Self, typeof(NamespaceProxy).GetProperty("Item"), [Expression.Constant(binder.Name)]);
            return IsMember(binder.Name)
                ? base.BindSetMember(binder, value)
                : Bound(Expression.Assign(item, Expression.Convert(value.Expression, typeof(object))));
        }

        public override IEnumerable<string> GetDynamicMemberNames() => ((NamespaceProxy)Value!).Names;

        private UnaryExpression Self => Expression.Convert(Expression, typeof(NamespaceProxy));

        private static bool IsMember(string name) => name[0] != '_' && typeof(NamespaceProxy).GetProperty(name) is not null;

        private static DynamicMetaObject Bound(Expression call, BindingRestrictions restrictions) => new(call, restrictions);

        private DynamicMetaObject Bound(Expression call) => Bound(call, BindingRestrictions.GetTypeRestriction(Expression, typeof(NamespaceProxy)));
    }
}
