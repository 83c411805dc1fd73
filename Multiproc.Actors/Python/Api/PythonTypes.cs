using Multiproc.Python.Types;

namespace Multiproc;

/// <summary>
/// A table of Python classes and the C# types that their instances become, and the other way round. Without it an instance of a class of Python is a
/// <see cref="PythonObject"/>, and a record of C# cannot be sent. Nothing is imported or run by a name: only what is in the table is built.
/// </summary>
/// <remarks>
/// Attributes and members are the same when their names differ only in case and underscores: <c>unit_price</c> there is <c>UnitPrice</c> here. A
/// <c>[DataMember(Name = "…")]</c> gives a member another name, and <c>[EnumMember(Value = "…")]</c> the text that is the value of an enum's member in Python.
/// <c>uuid.UUID</c> and <see cref="Guid"/>, and <c>decimal.Decimal</c> and <see cref="decimal"/>, need no registration.
/// </remarks>
/// <example>
/// <code>
/// // In Python, shop.py:   @dataclass(frozen=True)
/// //                       class Order: number: int; unit_price: float
/// var types = new PythonTypes().Add&lt;Order&gt;("shop.Order");
/// using var python = manager.ServePython();
/// python.Register(types);
///
/// public sealed record Order(int Number, double UnitPrice);
/// </code>
/// </example>
public sealed class PythonTypes
{
    private readonly List<TypePlan> _plans = [];

    /// <summary>
    /// Maps a class of Python to a record, class, struct or enum of C#. A type is built by its public constructor with the most parameters that are all
    /// members, and by members that can be set; it is sent as these members.
    /// </summary>
    /// <typeparam name="T">The type. An enum has the same values as that of Python.</typeparam>
    /// <param name="name">The class as "module.Class", or "module:Outer.Class" when it is inside of another one.</param>
    /// <param name="form">How Python makes an instance of what is sent to it. Default by its constructor, with arguments by name.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">
    /// The name has no module, the class or the type is in the table already, or <typeparamref name="T"/> cannot be built from its members.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="form"/> is not one of the named values.</exception>
    public PythonTypes Add<T>(string name, PythonForm form = PythonForm.Constructor)
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!Enum.IsDefined(form))
        {
            throw new ArgumentOutOfRangeException(nameof(form), form, "Choose one of the forms of PythonForm.");
        }

        int end = name.Contains(':', StringComparison.Ordinal) ? name.IndexOf(':', StringComparison.Ordinal) : name.LastIndexOf('.');
        if (end <= 0 || end == name.Length - 1)
        {
            throw new ArgumentException($"'{name}' has no module: write \"module.Class\", or \"__main__.Class\" for a class of the script.", nameof(name));
        }

        var plan = new TypePlan(name[..end], name[(end + 1)..], typeof(T), form);
        plan.Mapping();
        lock (_plans)
        {
            if (_plans.Exists(each => each.Type == plan.Type || (each.Module == plan.Module && each.Name == plan.Name)))
            {
                throw new ArgumentException($"'{name}' or {typeof(T)} is in this table already.", nameof(name));
            }

            _plans.Add(plan);
        }

        return this;
    }

    internal TypePlan[] Plans()
    {
        lock (_plans)
        {
            return [.. _plans];
        }
    }
}
