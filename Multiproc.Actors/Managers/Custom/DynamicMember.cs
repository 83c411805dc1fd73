using System.Dynamic;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.CSharp.RuntimeBinder;

namespace Multiproc.Managers;

/// <summary>
/// The value that a dynamic proxy returns for the name of an event: the compiler turns <c>proxy.Changed += handler</c> into a read, an addition, and a write of
/// the sum.
/// </summary>
internal sealed class DynamicMember(Proxy proxy, string name) : IDynamicMetaObjectProvider
{
    /// <summary>Returns an event, or the value of a property.</summary>
    /// <exception cref="RuntimeBinderException">The object has neither an event nor a property of this name, or it is not exposed.</exception>
    public static object? Get(Proxy proxy, string name) => proxy.Has(EventAccessors.AddName(name))
        ? new DynamicMember(proxy, name)
        : proxy.CallMethod(Exposed(proxy, $"get_{name}", name));

    /// <exception cref="RuntimeBinderException">The object has no such property, or it is not exposed.</exception>
    public static object? Set(Proxy proxy, string name, object? value)
    {
        if (value is not DynamicMember)
        {
            proxy.CallMethod(Exposed(proxy, $"set_{name}", name), value);
        }

        return value;
    }

    public object Add(object handler) => Listen(EventAccessors.AddName(name), handler);

    public object Remove(object handler) => Listen(EventAccessors.RemoveName(name), handler);

    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new Operators(parameter, this);

    private static string Exposed(Proxy proxy, string accessor, string name) =>
        proxy.Has(accessor)
            ? accessor
            : throw new RuntimeBinderException(
                $"{proxy.Identity} exposes no property or event '{name}' that could be used like this: {accessor} is not exposed.");

    private DynamicMember Listen(string accessor, object handler)
    {
        proxy.CallMethod(accessor, handler);
        return this;
    }

    private sealed class Operators(Expression expression, DynamicMember value) : DynamicMetaObject(expression, BindingRestrictions.Empty, value)
    {
        private static readonly MethodInfo s_add = typeof(DynamicMember).GetMethod(nameof(Add))!;
        private static readonly MethodInfo s_remove = typeof(DynamicMember).GetMethod(nameof(Remove))!;

        public override DynamicMetaObject BindBinaryOperation(BinaryOperationBinder binder, DynamicMetaObject arg)
        {
            var method = binder.Operation switch
            {
                ExpressionType.AddAssign => s_add,
                ExpressionType.SubtractAssign => s_remove,
                _ => null,
            };
            return method is null
                ? base.BindBinaryOperation(binder, arg)
                : new DynamicMetaObject(
                    Expression.Call(Expression.Convert(Expression, typeof(DynamicMember)), method, Expression.Convert(arg.Expression, typeof(object))),
                    BindingRestrictions.GetTypeRestriction(Expression, typeof(DynamicMember)));
        }
    }
}
