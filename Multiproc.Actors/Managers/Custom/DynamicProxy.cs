using System.Dynamic;
using System.Linq.Expressions;
using System.Reflection;

namespace Multiproc.Managers;

/// <summary>Binds a proxy used as <c>dynamic</c>: members of the remote object, unless the proxy class itself has a member of that name.</summary>
internal sealed class DynamicProxy(Expression expression, Proxy value) : DynamicMetaObject(expression, BindingRestrictions.Empty, value)
{
    private static readonly MethodInfo s_call = typeof(Proxy).GetMethod(nameof(Proxy.CallMethod))!;
    private static readonly MethodInfo s_get = typeof(DynamicMember).GetMethod(nameof(DynamicMember.Get))!;
    private static readonly MethodInfo s_set = typeof(DynamicMember).GetMethod(nameof(DynamicMember.Set))!;

    private Expression Target => Expression.Convert(Expression, typeof(Proxy));

    public override DynamicMetaObject BindInvokeMember(InvokeMemberBinder binder, DynamicMetaObject[] args)
    {
        if (IsOwn(binder.Name))
        {
            return base.BindInvokeMember(binder, args);
        }

        var arguments = Expression.NewArrayInit(typeof(object), args.Select(static each => Expression.Convert(each.Expression, typeof(object))));
        return Bound(Expression.Call(Target, s_call, Expression.Constant(binder.Name), arguments));
    }

    public override DynamicMetaObject BindGetMember(GetMemberBinder binder) =>
        IsOwn(binder.Name) ? base.BindGetMember(binder) : Bound(Expression.Call(s_get, Target, Expression.Constant(binder.Name)));

    public override DynamicMetaObject BindSetMember(SetMemberBinder binder, DynamicMetaObject value) =>
        IsOwn(binder.Name)
            ? base.BindSetMember(binder, value)
            : Bound(Expression.Call(s_set, Target, Expression.Constant(binder.Name), Expression.Convert(value.Expression, typeof(object))));

    private static bool IsOwn(string name) => typeof(Proxy).GetMember(name, BindingFlags.Public | BindingFlags.Instance).Length > 0;

    private DynamicMetaObject Bound(Expression call) => new(call, BindingRestrictions.GetTypeRestriction(Expression, typeof(Proxy)));
}
