"""CloudFormation types that moto does not know. Those in WITHOUT_EFFECT are accepted and do nothing; a test that deploys a
template with any other unknown type fails (unknown())."""
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.ecs.models import TaskDefinition
from moto.scheduler.models import scheduler_backends
from moto.sns.models import sns_backends

WITHOUT_EFFECT = (
    "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Stage",
    "AWS::Budgets::Budget", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::Logs::MetricFilter", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy",
)


class Common:
    """What CloudFormation asks of every resource; a type overrides make(), which returns the resource's name."""
    cfn_type = ""

    def __init__(self, name):
        self.physical_resource_id = name

    @staticmethod
    def make(properties, logical_id, account, region):
        return logical_id

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def cloudformation_type(cls):
        return cls.cfn_type

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, attribute_name):
        return f"{self.physical_resource_id}.{attribute_name}"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(cls.make(cloudformation_json["Properties"], resource_name, account_id, region_name))

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        pass


def schedule(properties, logical_id, account, region):
    return scheduler_backends[account][region].create_schedule(
        description=None, start_date=None, end_date=None, kms_key_arn=None, action_after_completion=None,
        name=properties["Name"], group_name="default", state="ENABLED", flexible_time_window=properties["FlexibleTimeWindow"],
        schedule_expression=properties["ScheduleExpression"],
        schedule_expression_timezone=properties["ScheduleExpressionTimezone"], target=properties["Target"]).name


def subscription(properties, logical_id, account, region):
    return sns_backends[account][region].subscribe(properties["TopicArn"], properties["Endpoint"], properties["Protocol"]).arn


def roles_of_tasks():
    """A task definition from a template keeps its roles."""
    create = TaskDefinition.create_from_cloudformation_json.__func__

    def definition(cls, resource_name, cloudformation_json, *args, **kwargs):
        made, properties = create(cls, resource_name, cloudformation_json, *args, **kwargs), cloudformation_json["Properties"]
        made.task_role_arn, made.execution_role_arn = properties["TaskRoleArn"], properties["ExecutionRoleArn"]
        return made

    TaskDefinition.create_from_cloudformation_json = classmethod(definition)


def install():
    roles_of_tasks()
    made = {name: Common.make for name in WITHOUT_EFFECT}
    made.update({"AWS::Scheduler::Schedule": schedule, "AWS::SNS::Subscription": subscription})
    for name, make in made.items():  # moto finds its types among the direct heirs of CloudFormationModel
        type("Our" + name.replace("::", ""), (Common, CloudFormationModel),
             {"__module__": "moto.cloudformation.ours", "cfn_type": name, "make": staticmethod(make)})
    parsing.get_model_list.cache_clear()
    parsing.get_model_map.cache_clear()
    parsing.get_name_type_map.cache_clear()


def unknown(template):
    return sorted({r["Type"] for r in template["Resources"].values()} - set(parsing.get_model_map()))
